# SPDX-License-Identifier: MIT
#
# make soak-clients   1000 clients at one picod for SOAK_S seconds; some of them
#                     die, some never read.  SOAK_SEED=N
#
# SOAK_RUNNER='valgrind -q --leak-check=full --error-exitcode=9' watches picod.

SOAK_S ?= 60
SOAK_RUNNER ?=

soak: soak-clients

soak-clients: e2e-needs
	@$(TEST_ENV) PICOD_SOAK_S=$(SOAK_S) PICOD_SEED=$(SOAK_SEED) \
	    PICOD_SOAK_RUNNER='$(SOAK_RUNNER)' \
	    $(PYTHON) tests/soak/test_clients.py -v

.PHONY: soak soak-clients
