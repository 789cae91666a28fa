"""Services that nobody can run at home, played from their documentation: strict with us, kind to nobody.

They import nothing of `bot`, so that a misunderstanding of ours is not theirs, too.
"""
