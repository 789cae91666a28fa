# Two commands: `make demo` and `make test`. Everything they need goes into this folder (.tools, .venv).
SHELL := /bin/bash
UV := $(shell command -v uv || echo .tools/bin/uv)
RUN := .venv/bin/
PORT ?=
# One more than there are cores: some tests wait for a clock.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# What was compiled once is kept: a server starts in half the time, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: upgrade beside locked any-text demo test setup check unit browser pictures container crash crash-workers every-call races diary-races races-outside inbox-races oracle outreach hostile pace resident mutants deliveries replies billed crowd outages changes crosstalk bench bench-engine bench-inbox bench-openings growth soak clean

demo: setup  ## the whole thing, in a browser: http://127.0.0.1:8080
	$(RUN)chairside demo $(if $(PORT),--port $(PORT))

test: setup  ## what CI runs
	@$(MAKE) --no-print-directory -j2 --output-sync=target check browser
	@$(MAKE) --no-print-directory unit

setup: .venv/.ready

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/.ready: pyproject.toml uv.lock | $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) sync --frozen --quiet --compile-bytecode
	$(RUN)python -m compileall -q bot nlu bench tests
	touch $@

check: setup  ## style, types, layers, content
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)chairside check

unit: setup
	$(RUN)pytest tests/wire tests/crash tests --ignore=tests/browser -n $(WORKERS) --dist loadfile  # the longest first

browser: setup  ## a real headless Chromium; skipped loudly where there is none
	$(RUN)pytest tests/browser

pictures: setup  ## the pages for docs/images, from a practice that does not exist
	$(RUN)python -m bench.screenshots

container: setup  ## the image's steps without a container engine; skipped loudly without a package index
	$(RUN)pytest tests/container

crash: setup  ## kill -9 in the middle of bookings, and the twins that must fail
	$(RUN)python -m bench.crash

every-call: setup  ## kill -9 before and after each outside call of five dialogues, and the twins that must fail; PG=1: on PostgreSQL
	$(RUN)python -m bench.every_call $(if $(PG),--postgresql)

crash-workers: setup  ## two workers on one PostgreSQL, one of them killed or frozen again and again
	$(RUN)python -m bench.crash_workers

upgrade: setup  ## kill -9 in the middle of migrations, from every earlier revision; PG=1: on PostgreSQL
	$(RUN)python -m bench.upgrade $(if $(PG),--postgresql)

beside: setup  ## patients book with an older version while a newer one migrates; PG=1: on PostgreSQL
	$(RUN)python -m bench.beside $(if $(PG),--postgresql)

locked: setup  ## the database locked, read-only, or without its log, while patients book, and the twins that must fail
	$(RUN)python -m bench.locked

races: setup  ## two hundred patients and one opening, and the twin that must fail
	$(RUN)python -m bench.races

diary-races: setup  ## fifty rounds of races in the diary alone, four processes; PG=1: on PostgreSQL
	$(RUN)python -m bench.diary_races --rounds 50 --processes 4 $(if $(PG),--postgresql)

races-outside: setup  ## two hundred patients of twenty desks, one opening of another system: real servers and stand-ins
	$(RUN)python -m bench.outside_races $(if $(ROUNDS),--rounds $(ROUNDS))

inbox-races: setup  ## a thousand take-overs at every await of a turn, and the twins that must fail
	$(RUN)python -m bench.inbox

outreach: setup  ## a hundred thousand messages due, ten thousand paced, two hundred kills, two thousand changes
	$(RUN)python -m bench.outreach --rows 100000 --paced 10000 --kills 200 --changes 2000

oracle: setup  ## openings of two thousand random practices beside a count minute by minute
	$(RUN)python -m bench.oracle

hostile: setup  ## ten thousand bodies that Meta never sends, with good messages in them; then make mutants
	$(RUN)python -m bench.hostile
	$(RUN)python -m bench.mutants

mutants: setup  ## a hundred thousand bodies, generated and mutated, on every channel: no 5xx, no exception, no growth
	$(RUN)python -m bench.mutants

deliveries: setup  ## everything delivered ten times, in other batches and orders: one reply each; statuses only climb
	$(RUN)python -m bench.deliveries

replies: setup  ## a thousand replies of every shape in three languages, read by the strict stand-in
	$(RUN)python -m bench.replies

billed: setup  ## messages of ours for a completed booking, by channel and language: each is billed on WhatsApp
	$(RUN)python -m bench.billed

crowd: setup  ## a thousand patients at once, from hello to booked
	$(RUN)python -m bench.crowd

outages: setup  ## the Graph API gone, a week away, messages of poison, fifty times too much; twins that must fail
	$(RUN)python -m bench.outages $(if $(PARTS),--parts $(PARTS))

changes: setup  ## one visit moved and cancelled by its patient and edited by reception, all at once, 500 times
	$(RUN)python -m bench.changed_at_once

crosstalk: setup  ## five hundred patients before a slow practice system: whose answer does each of them get
	$(RUN)python -m bench.crosstalk $(if $(REPLIES),--replies $(REPLIES))

bench: setup  ## durable turns a second beside a bare server with the same commits
	$(RUN)python -m bench.turns

pace: setup  ## what patients feel at the pace that Meta lets one number send, on one core
	$(RUN)python -m bench.pace

resident: setup  ## how long a start takes, and what is in memory after ten thousand conversations
	$(RUN)python -m bench.resident

bench-openings: setup  ## a search for openings: 90 days, 10 practitioners; then 100 and 100,000 appointments
	$(RUN)python -m bench.openings --large

bench-inbox: setup  ## from "human" typed to the row on the screen; the list with 100, 1,000, 10,000 conversations
	$(RUN)python -m bench.inbox_page

bench-engine: setup  ## one move of the dialogue engine, with 10 to 1,000 flows; a cold load of ours
	$(RUN)python -m bench.engine

bench-times: setup  ## days and hours in patients' words, beside Duckling and dateparser
	$(RUN)python -m bench.times tests/nlu/open tests/nlu/sealed tests/nlu/people

any-text: setup  ## whatever anybody sends is read: random strings of all of Unicode, none may raise
	$(RUN)python -m bench.any_text

bench-alarms: setup  ## emergencies heard, look-alikes and ordinary messages left alone
	$(RUN)python -m bench.alarms tests/nlu/open tests/nlu/sealed tests/nlu/people

growth: setup  ## what a turn costs the database as conversations add up (LARGE=1: to a million)
	$(RUN)python -m bench.growth $(if $(LARGE),--sizes 1000 100000 1000000)

soak: setup  ## patients and random faults; slopes of memory and descriptors (MINUTES=30)
	$(RUN)python -m bench.soak --minutes $(or $(MINUTES),2)

clean:
	rm -rf .venv .tools build dist
