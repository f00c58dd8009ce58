# SPDX-License-Identifier: MIT
# Every wire, pure: one archive for the daemon, the clients, tests and fuzzers.

LIBPROTOCOL = $(BUILD)/protocol/libprotocol.a
PROTOCOL_OBJECTS = $(patsubst %,$(BUILD)/%.o,$(basename \
	$(sort $(wildcard protocol/*.c))))

$(BUILD)/protocol/interface.o: protocol/io.picod.varlink \
	protocol/org.varlink.service.varlink

$(LIBPROTOCOL): $(PROTOCOL_OBJECTS)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

-include $(PROTOCOL_OBJECTS:.o=.d)
