# Two commands do everything: `make run` and `make test`. Both set up .venv from the hashed lock file first.
GOLD ?= ../shared/gold
BIN := .venv/bin

.PHONY: run test check bench quality weights licences sbom lock clean

run: .venv/.ready          ## extract the claims of the model corpus and publish them to dataset/
	@$(BIN)/claims run corpora/us-korea

test: .venv/.ready         ## run the tests
	@$(BIN)/pytest -n 2 --dist loadfile

check: .venv/.ready        ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/.ready        ## speed, workers, faults: some minutes; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

quality: .venv/.ready      ## every quality figure on the development gold in $(GOLD), where that folder exists
	@$(BIN)/python -m benchmarks.quality $(GOLD)

weights: .venv/.ready      ## write down the SHA-256 of new weights in pipeline/knowledge, for the program to use them
	@$(BIN)/python -c "from pipeline import models; models.release()"

licences: .venv/.ready     ## write docs/licences.md: the licence of every package that is needed
	@$(BIN)/python -m benchmarks.bill licences

sbom: .venv/.ready         ## write dist/sbom.json: the software bill of materials of requirements.lock (CycloneDX)
	@$(BIN)/python -m benchmarks.bill sbom

.venv/.ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (about a minute) ..."
	@python3 -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

lock:                      ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --quiet --output-file requirements.lock

clean:                     ## remove the environment and everything that runs have made
	rm -rf .venv dataset claims.db* .pytest_cache .mypy_cache .ruff_cache .hypothesis
