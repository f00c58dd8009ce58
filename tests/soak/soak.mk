# SPDX-License-Identifier: MIT
#
# make soak   boards plugged, pulled and swapped 1000 times, and a picod that is
#             watched for 30 s while it has nothing to do; SOAK_SEED=N
#
# make soak-clients   1000 clients at one picod for SOAK_S seconds; some of them
#                     die, some never read.  SOAK_SEED=N
#
# make soak-leaving   clients that get SIGTERM at any moment of a flash, a loan, a
#                     console, a hold or a watch, for SOAK_S seconds, with
#                     AddressSanitizer.  SOAK_SEED=N
#
# make soak-sample   picoctl sample, ten times a second for SAMPLE_S seconds (an
#                    hour), beside others: no row missing or late, no drift
#
# make soak-faces     three tools and ten clients on one board for ten minutes, or
#                     SOAK_FACES_S seconds.  SOAK_SEED=N
#
# SOAK_RUNNER='valgrind -q --leak-check=full --error-exitcode=9' watches picod.

SOAK_CYCLES ?= 1000
SOAK_SEED ?= 4

soak: e2e-needs
	@$(TEST_ENV) PICOD_CYCLES=$(SOAK_CYCLES) PICOD_SEED=$(SOAK_SEED) \
	    PICOD_IDLE_S=30 $(PYTHON) tests/e2e/test_port_cycles.py -v

SOAK_S ?= 60
SOAK_RUNNER ?=

soak: soak-clients

soak-clients: e2e-needs
	@$(TEST_ENV) PICOD_SOAK_S=$(SOAK_S) PICOD_SEED=$(SOAK_SEED) \
	    PICOD_SOAK_RUNNER='$(SOAK_RUNNER)' \
	    $(PYTHON) tests/soak/test_clients.py -v

soak: soak-leaving

soak-leaving: e2e-needs
	@$(COMPILE) $(WATCHED) all
	@$(TEST_ENV) PICOD_BUILD=build-asan PICOD_SOAK_S=$(SOAK_S) \
	    PICOD_SEED=$(SOAK_SEED) $(PYTHON) tests/soak/test_leaving.py -v

SAMPLE_S ?= 3600

soak-sample: e2e-needs
	@$(TEST_ENV) PICOD_SAMPLE_S=$(SAMPLE_S) \
	    $(PYTHON) tests/soak/test_sample.py -v

SOAK_FACES_S ?= 600

soak: soak-faces

soak-faces: e2e-needs
	@$(TEST_ENV) PICOD_SOAK_S=$(SOAK_FACES_S) PICOD_SEED=$(SOAK_SEED) \
	    $(PYTHON) tests/soak/test_tools.py -v

.PHONY: soak soak-clients soak-leaving soak-sample soak-faces
