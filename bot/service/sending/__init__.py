"""Whether, when and how a message leaves: wording, windows, pace, templates, the mark of typing."""
