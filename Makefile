# SPDX-License-Identifier: MIT
#
# make setup      installs what the build needs, on Debian 12 and 13
# make            picod, picoctl and the libraries, under build/
# make firmware   the images for boards
# make demo       the main job on simulated boards that run real firmware
# make check      all tests
# make install    DESTDIR and the GNU directory names are heeded
#
# make CC=clang SANITIZE=address,undefined BUILD=build-asan check-unit

VERSION = 0.1.0
BUILD ?= build
CC = gcc
PKG_CONFIG = pkg-config
OBJCOPY = objcopy
CFLAGS ?= -O2 -g
SANITIZE ?=
WERROR ?=

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 \
	-Wpointer-arith -Wvla $(WERROR)
ALL_CFLAGS = -std=gnu17 $(WARNINGS) -fPIC -D_GNU_SOURCE \
	-DPICOD_VERSION='"$(VERSION)"' -I. $(CFLAGS) \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

all:

# make V=1 shows the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)

pkg = $(shell $(PKG_CONFIG) --$(1) $(2))

include systemd/install.mk
include protocol/protocol.mk
include daemon/daemon.mk
-include client/client.mk
-include firmware/firmware.mk
-include firmware/firmware-pins.mk
-include tests/boards/boards.mk
-include tests/tests.mk
-include tests/bench/bench.mk

# Said before the first compiler is called: its own words would not help.
tools:
	@for tool in $(firstword $(CC)) $(PKG_CONFIG); do \
	    command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ] || \
	    ! missing=$$($(PKG_CONFIG) --print-errors --short-errors \
	    --exists $(DAEMON_PACKAGES) 2>&1); then \
	    echo "This cannot be built yet; missing:" $$missing; \
	    echo 'On Debian, "make setup" installs what is needed.'; exit 1; fi

$(BUILD)/%.o: %.c | tools
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

setup:
	@tests/setup build

clean:
	rm -rf $(BUILD) build-*

.PHONY: all tools setup clean
.DELETE_ON_ERROR:
.SECONDARY:
