# SPDX-License-Identifier: MIT

PICOD = $(BUILD)/picod
DAEMON_PACKAGES = libevent_core libevent_extra libserialport libsystemd libudev jansson inih zlib libmd
DAEMON_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard \
	daemon/*.c daemon/*/*.c)))

# The one table of boards, in C.
$(BUILD)/daemon/usb/boards.inc: $(BOARDS_TABLE) $(BOARDS_AWK)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)awk -f $(BOARDS_AWK) -v to=c $(BOARDS_TABLE) >$@

$(BUILD)/daemon/usb/known.o: ALL_CFLAGS += -I$(BUILD)
$(BUILD)/daemon/usb/known.o: $(BUILD)/daemon/usb/boards.inc

# All but main(): for tests, which take of it what they need.
LIBDAEMON = $(BUILD)/daemon/libdaemon.a

$(LIBDAEMON): $(filter-out %/main.o,$(DAEMON_OBJECTS))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(PICOD): $(DAEMON_OBJECTS) $(LIBPROTOCOL)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,libs,$(DAEMON_PACKAGES))

all: $(PICOD)

-include $(DAEMON_OBJECTS:.o=.d)
