# SPDX-License-Identifier: MIT
#
# PinServer: an image for each board that firmware.mk knows, and one for the
# Pico.  The commands and the protocol are the same source for all of them.

# ----------------------------------------------------------------- Arduino

pins_dir = firmware/arduino/PinServer
pins_src = $(pins_dir)/src
pins_ino = $(pins_dir)/examples/PinServer/PinServer.ino
pins_libraries = Wire SPI
pins_library_flags = $(pins_libraries:%=-I$(ARDUINO_AVR)/libraries/%/src)

# The parts without Arduino in them; the Pico has these too.
pins_core = $(filter-out $(pins_src)/pin_avr%,$(wildcard $(pins_src)/pin_*.c))
pins_arduino = $(pins_core:.c=) $(basename $(wildcard $(pins_src)/*.cpp))

pins_avr_objects = $(pins_arduino:$(pins_src)/%=$($(1).dir)/pins/%.o) \
	$($(1).dir)/pins/sketch.o \
	$($(1).dir)/libraries/Wire.o $($(1).dir)/libraries/twi.o \
	$($(1).dir)/libraries/SPI.o

# $(call pins_board,BOARD)
define pins_board
$$($(1).dir)/pins/%.o: $$(pins_src)/%.c
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CC) $$(FIRMWARE_AVR_WARNINGS) -std=gnu11 $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/pins/%.o: $$(pins_src)/%.cpp
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) $$(FIRMWARE_AVR_WARNINGS) $$(FIRMWARE_AVR_CXXFLAGS) \
		$$($(1).all) $$(pins_library_flags) -c -o $$@ $$<
$$($(1).dir)/pins/sketch.o: $$(pins_ino)
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) $$(FIRMWARE_AVR_WARNINGS) $$(FIRMWARE_AVR_CXXFLAGS) \
		$$($(1).all) -I$$(pins_src) -x c++ -include Arduino.h -c -o $$@ $$<

# Libraries of the core: not ours, nor are their warnings.
$$($(1).dir)/libraries/%.o: $$(ARDUINO_AVR)/libraries/Wire/src/%.cpp
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) -w $$(FIRMWARE_AVR_CXXFLAGS) $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/libraries/%.o: $$(ARDUINO_AVR)/libraries/Wire/src/utility/%.c
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CC) -w -std=gnu11 $$($(1).all) -c -o $$@ $$<
$$($(1).dir)/libraries/%.o: $$(ARDUINO_AVR)/libraries/SPI/src/%.cpp
	@mkdir -p $$(@D)
	$$(call say,AVRCC)
	$$(Q)$$(AVR_CXX) -w $$(FIRMWARE_AVR_CXXFLAGS) $$($(1).all) -c -o $$@ $$<

$$(BUILD)/firmware/$(1)-pinserver.elf: $$(call pins_avr_objects,$(1)) $$($(1).dir)/core.a
	$$(call say,LD)
	$$(Q)$$(AVR_CC) -Os -mmcu=$$($(1).mcu) -Wl,--gc-sections -o $$@ $$^ -lm

-include $$(wildcard $$($(1).dir)/pins/*.d $$($(1).dir)/libraries/*.d)
endef

$(foreach b,$(FIRMWARE_AVR_BOARDS),$(eval $(call pins_board,$(b))))

PINS_AVR_HEX = $(FIRMWARE_AVR_BOARDS:%=$(BUILD)/firmware/%-pinserver.hex)

# The same parts for this machine, for their unit test.
$(BUILD)/tests/unit/test_pin_server: $(pins_core:%.c=$(BUILD)/%.o)

-include $(pins_core:%.c=$(BUILD)/%.d)

# -------------------------------------------------------------------- Pico
#
# Bare metal: no SDK, no C library, Debian's gcc-arm-none-eabi.

ARM_CC ?= arm-none-eabi-gcc
ARM_SIZE ?= arm-none-eabi-size

pico_dir = firmware/pico
pico_out = $(BUILD)/firmware/pico
pico_elf = $(BUILD)/firmware/pico-pinserver.elf
pico_cpu = -mcpu=cortex-m0plus -mthumb
pico_flags = $(pico_cpu) -Os -g -std=gnu17 -ffreestanding -fno-common \
	-ffunction-sections -fdata-sections -fno-tree-loop-distribute-patterns \
	-MMD -MP -I$(pins_src) $(filter-out -Wpedantic,$(WARNINGS))
pico_objects = $(pins_core:$(pins_src)/%.c=$(pico_out)/%.o) \
	$(patsubst $(pico_dir)/%,$(pico_out)/%.o,$(basename \
	$(wildcard $(pico_dir)/*.c $(pico_dir)/*.S)))

$(pico_out)/%.o: $(pins_src)/%.c
	@mkdir -p $(@D)
	$(call say,ARMCC)
	$(Q)$(ARM_CC) $(pico_flags) -c -o $@ $<
$(pico_out)/%.o: $(pico_dir)/%.c
	@mkdir -p $(@D)
	$(call say,ARMCC)
	$(Q)$(ARM_CC) $(pico_flags) -c -o $@ $<
$(pico_out)/%.o: $(pico_dir)/%.S
	@mkdir -p $(@D)
	$(call say,ARMCC)
	$(Q)$(ARM_CC) $(pico_cpu) -c -o $@ $<

$(pico_elf): $(pico_objects) $(pico_dir)/link.ld
	$(call say,ARMCC)
	$(Q)$(ARM_CC) $(pico_cpu) -nostdlib -Wl,--gc-sections \
		-Wl,-T,$(pico_dir)/link.ld -Wl,-Map,$(pico_out)/map \
		-o $@ $(pico_objects) -lgcc

# It also completes the ELF file.
$(BUILD)/firmware/pico-pinserver.uf2: $(pico_elf) $(pico_dir)/uf2.py
	$(call say,UF2)
	$(Q)python3 $(pico_dir)/uf2.py $< $@

-include $(wildcard $(pico_out)/*.d)

PINS_PICO = $(BUILD)/firmware/pico-pinserver.uf2

# ------------------------------------------------- the Pico's emulator
#
# rp2040js, in the version that package-lock.json pins, and a boot ROM.

NPM ?= npm

pico_board = tests/boards/pico
pico_npm = $(BUILD)/boards/npm

$(pico_npm)/.installed: $(pico_board)/package.json $(pico_board)/package-lock.json
	@mkdir -p $(@D)
	$(call say,NPM)
	$(Q)cp $^ $(@D)
	$(Q)cd $(@D) && $(NPM) ci --no-audit --no-fund --silent
	@touch $@

$(BUILD)/boards/pico-rom.elf: $(pico_board)/rom.S
	@mkdir -p $(@D)
	$(call say,ARMCC)
	$(Q)$(ARM_CC) $(pico_cpu) -nostdlib -Wl,-Ttext=0 -Wl,-e,0 -o $@ $<
$(BUILD)/boards/pico-rom.bin: $(BUILD)/boards/pico-rom.elf
	$(call say,LD)
	$(Q)$(ARM_CC:gcc=objcopy) -O binary -j .text $< $@

board-pico: $(pico_npm)/.installed $(BUILD)/boards/pico-rom.bin

# ------------------------------------------------- an Arduino on a bench

PINBENCH = $(BUILD)/tests/boards/pinbench
PINBENCH_OBJECTS = $(patsubst %,$(BUILD)/tests/boards/%.o,pinbench \
	pinbench_bus pinbench_chip avr_chip avr_hex avr_idle avr_pins)

$(PINBENCH): $(PINBENCH_OBJECTS)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lsimavr -lelf

-include $(PINBENCH_OBJECTS:.o=.d)

boards: board-pico $(PINBENCH)
e2e-needs: board-pico $(PINBENCH)

# --------------------------------------------------------------------- all

firmware: $(BUILD)/firmware/sizes

$(BUILD)/firmware/sizes: $(FIRMWARE_AVR_HEX) $(PINS_AVR_HEX) $(PINS_PICO)
	@$(AVR_SIZE) $(filter %.elf,$(^:.hex=.elf)) >$@
	@$(ARM_SIZE) $(pico_elf) >>$@
	@cat $@

.PHONY: board-pico
