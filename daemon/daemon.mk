# SPDX-License-Identifier: MIT

PICOD = $(BUILD)/picod
DAEMON_PACKAGES = libevent_core libevent_extra libserialport libsystemd jansson inih zlib libmd
DAEMON_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard \
	daemon/*.c daemon/*/*.c)))

$(PICOD): $(DAEMON_OBJECTS) $(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,$(DAEMON_PACKAGES))

all: $(PICOD)

-include $(DAEMON_OBJECTS:.o=.d)
