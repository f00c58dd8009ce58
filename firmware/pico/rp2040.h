/* SPDX-License-Identifier: MIT */
/*
 * The registers of the RP2040 that this image uses, by the names of the data
 * sheet ("RP2040 Datasheet", Raspberry Pi Ltd), with its section before each
 * block.  A name is an address; REG() is what is there.
 */
#ifndef RP2040_H
#define RP2040_H

#include <stdint.h>

#define REG(address)	(*(volatile uint32_t *)(address))

/* 2.1.2 Atomic Register Access: aliases that set or clear only some bits. */
#define REG_SET(address)	REG((address) + 0x2000)
#define REG_CLEAR(address)	REG((address) + 0x3000)

#define BIT(n)		(1u << (n))

/* 2.3.1 SIO */
#define SIO_GPIO_IN		0xd0000004
#define SIO_GPIO_OUT_SET	0xd0000014
#define SIO_GPIO_OUT_CLR	0xd0000018
#define SIO_GPIO_OE		0xd0000020
#define SIO_GPIO_OE_SET		0xd0000024
#define SIO_GPIO_OE_CLR		0xd0000028

/* 2.3.2 Interrupts, 2.4.8 Cortex-M0+ registers */
#define IRQ_TIMER_0		0
#define IRQ_USBCTRL		5
#define IRQ_IO_BANK0		13
#define NVIC_ISER		0xe000e100
#define NVIC_ICER		0xe000e180

/* 2.8.3 Bootrom Contents: what stands at the start of the ROM */
#define ROM_MAGIC		0x00000010	/* 'M', 'u', 1, version */
#define ROM_FUNC_TABLE		0x00000014	/* 16 bits each */
#define ROM_TABLE_LOOKUP	0x00000018

/* 2.14 Subsystem Resets */
#define RESETS_RESET		0x4000c000
#define RESETS_RESET_DONE	0x4000c008
#define RESET_ADC		BIT(0)
#define RESET_I2C0		BIT(3)
#define RESET_IO_BANK0		BIT(5)
#define RESET_PADS_BANK0	BIT(8)
#define RESET_PLL_SYS		BIT(12)
#define RESET_PLL_USB		BIT(13)
#define RESET_PWM		BIT(14)
#define RESET_SPI0		BIT(16)
#define RESET_TIMER		BIT(21)
#define RESET_USBCTRL		BIT(24)

/* 2.15 Clocks */
#define CLK_REF_CTRL		0x40008030
#define CLK_REF_SELECTED	0x40008038
#define CLK_SYS_CTRL		0x4000803c
#define CLK_SYS_DIV		0x40008040
#define CLK_SYS_SELECTED	0x40008044
#define CLK_PERI_CTRL		0x40008048
#define CLK_USB_CTRL		0x40008054
#define CLK_USB_DIV		0x40008058
#define CLK_ADC_CTRL		0x40008060
#define CLK_ADC_DIV		0x40008064
#define CLK_REF_SRC_XOSC	2
#define CLK_SYS_SRC_REF		0
#define CLK_SYS_SRC_AUX		1	/* AUXSRC 0 is pll_sys */
#define CLK_ENABLE		BIT(11)	/* AUXSRC 0: clk_sys for peri, */
					/* pll_usb for usb and adc */

/* 2.16 Crystal Oscillator */
#define XOSC_CTRL		0x40024000
#define XOSC_STATUS		0x40024004
#define XOSC_STARTUP		0x4002400c
#define XOSC_RANGE_1_15MHZ	0xaa0
#define XOSC_ENABLE		0xfab000
#define XOSC_STABLE		BIT(31)

/* 2.18 PLL; offsets from the base of either */
#define PLL_SYS			0x40028000
#define PLL_USB			0x4002c000
#define PLL_CS			0x0
#define PLL_PWR			0x4
#define PLL_FBDIV_INT		0x8
#define PLL_PRIM		0xc
#define PLL_CS_LOCK		BIT(31)
#define PLL_PWR_PD		BIT(0)
#define PLL_PWR_POSTDIVPD	BIT(3)
#define PLL_PWR_VCOPD		BIT(5)

/* 2.19 GPIO */
#define IO_GPIO_CTRL(pin)	(0x40014004 + 8 * (pin))
#define IO_INTR(pin)		(0x400140f0 + (pin) / 8 * 4)
#define IO_PROC0_INTE(pin)	(0x40014100 + (pin) / 8 * 4)
#define IO_PROC0_INTS(pin)	(0x40014120 + (pin) / 8 * 4)
#define IO_EDGES(pin)		(0xcu << (pin) % 8 * 4)	/* low and high */
#define IO_EDGE_HIGH(pin)	(0x8u << (pin) % 8 * 4)
#define FUNC_SPI		1
#define FUNC_I2C		3
#define FUNC_PWM		4
#define FUNC_SIO		5
#define IO_QSPI_SS_CTRL		0x4001800c
#define OUTOVER_MASK		(3u << 8)
#define OUTOVER_LOW		(2u << 8)
#define OUTOVER_HIGH		(3u << 8)
#define PADS_GPIO(pin)		(0x4001c004 + 4 * (pin))
#define PAD_SCHMITT		BIT(1)
#define PAD_PULL_DOWN		BIT(2)
#define PAD_PULL_UP		BIT(3)
#define PAD_DRIVE_4MA		(1u << 4)
#define PAD_INPUT_ENABLE	BIT(6)

/* 4.1 USB: the dual-port RAM ... */
#define USB_DPRAM		0x50100000
#define USB_SETUP_PACKET	0x50100000
#define USB_EP_CTRL_IN(n)	(USB_DPRAM + 8 * (n))
#define USB_EP_CTRL_OUT(n)	(USB_DPRAM + 8 * (n) + 4)
#define USB_BUF_CTRL_IN(n)	(USB_DPRAM + 0x80 + 8 * (n))
#define USB_BUF_CTRL_OUT(n)	(USB_DPRAM + 0x84 + 8 * (n))
#define EP_ENABLE		BIT(31)
#define EP_INTERRUPT		BIT(29)	/* for every buffer */
#define EP_BULK			(2u << 26)
#define EP_INTERRUPT_TYPE	(3u << 26)
#define BUF_FULL		BIT(15)
#define BUF_DATA1		BIT(13)
#define BUF_STALL		BIT(11)
#define BUF_AVAILABLE		BIT(10)
#define BUF_LENGTH		0x3ffu
/* ... and the registers */
#define USB_ADDR_ENDP		0x50110000
#define USB_MAIN_CTRL		0x50110040
#define USB_SIE_CTRL		0x5011004c
#define USB_SIE_STATUS		0x50110050
#define USB_BUFF_STATUS		0x50110058
#define USB_EP_STALL_ARM	0x50110068
#define USB_MUXING		0x50110074
#define USB_PWR			0x50110078
#define USB_INTE		0x50110090
#define USB_INTS		0x50110098
#define USB_CONTROLLER_EN	BIT(0)
#define USB_EP0_INT_1BUF	BIT(29)
#define USB_PULLUP_EN		BIT(16)
#define USB_SETUP_REC		BIT(17)	/* in SIE_STATUS */
#define USB_BUS_RESET		BIT(19)
#define USB_MUXING_TO_PHY	BIT(0)
#define USB_MUXING_SOFTCON	BIT(3)
#define USB_PWR_VBUS_DETECT	BIT(3)
#define USB_PWR_VBUS_OVERRIDE	BIT(2)
#define USB_INT_BUFF_STATUS	BIT(4)
#define USB_INT_BUS_RESET	BIT(12)
#define USB_INT_SETUP_REQ	BIT(16)

/* 4.3 I2C: that of GPIO 4 and 5 */
#define I2C0_CON		0x40044000
#define I2C0_TAR		0x40044004
#define I2C0_DATA_CMD		0x40044010
#define I2C0_FS_SCL_HCNT	0x4004401c
#define I2C0_FS_SCL_LCNT	0x40044020
#define I2C0_RAW_INTR_STAT	0x40044034
#define I2C0_CLR_TX_ABRT	0x40044054
#define I2C0_CLR_STOP_DET	0x40044060
#define I2C0_ENABLE		0x4004406c
#define I2C0_RXFLR		0x40044078
#define I2C0_SDA_HOLD		0x4004407c
#define I2C0_FS_SPKLEN		0x400440a0
#define I2C_CON_MASTER		BIT(0)
#define I2C_CON_FAST		(2u << 1)
#define I2C_CON_RESTART		BIT(5)
#define I2C_CON_NO_SLAVE	BIT(6)
#define I2C_CON_TX_EMPTY	BIT(8)
#define I2C_CMD_READ		BIT(8)
#define I2C_CMD_STOP		BIT(9)
#define I2C_CMD_RESTART		BIT(10)
#define I2C_INTR_TX_EMPTY	BIT(4)
#define I2C_INTR_TX_ABRT	BIT(6)
#define I2C_INTR_STOP_DET	BIT(9)

/* 4.4 SPI: that of GPIO 16, 18 and 19 */
#define SPI0_SSPCR0		0x4003c000
#define SPI0_SSPCR1		0x4003c004
#define SPI0_SSPDR		0x4003c008
#define SPI0_SSPSR		0x4003c00c
#define SPI0_SSPCPSR		0x4003c010
#define SPI_CR0_8_BITS		7u
#define SPI_CR0_SPO		BIT(6)
#define SPI_CR0_SPH		BIT(7)
#define SPI_CR0_SCR(n)		((n) << 8)
#define SPI_CR1_ENABLE		BIT(1)
#define SPI_SR_RNE		BIT(2)

/* 4.5 PWM */
#define PWM_CSR(slice)		(0x40050000 + 0x14 * (slice))
#define PWM_DIV(slice)		(0x40050004 + 0x14 * (slice))
#define PWM_CTR(slice)		(0x40050008 + 0x14 * (slice))
#define PWM_CC(slice)		(0x4005000c + 0x14 * (slice))
#define PWM_TOP(slice)		(0x40050010 + 0x14 * (slice))
#define PWM_ENABLE		BIT(0)

/* 4.6 Timer */
#define TIMER_ALARM0		0x40054010
#define TIMER_TIMERAWL		0x40054028
#define TIMER_INTR		0x40054034
#define TIMER_INTE		0x40054038

/* 4.7 Watchdog: only its tick, which the timer counts */
#define WATCHDOG_TICK		0x4005802c
#define WATCHDOG_TICK_ENABLE	BIT(9)

/* 4.9 ADC and Temperature Sensor */
#define ADC_CS			0x4004c000
#define ADC_RESULT		0x4004c004
#define ADC_CS_ENABLE		BIT(0)
#define ADC_CS_TEMPERATURE	BIT(1)
#define ADC_CS_START_ONE	BIT(2)
#define ADC_CS_READY		BIT(8)
#define ADC_CS_INPUT(n)		((n) << 12)

/* 4.10 SSI, to which the flash is attached */
#define SSI_SR			0x18000028
#define SSI_DR0			0x18000060
#define SSI_SR_TFNF		BIT(1)
#define SSI_SR_RFNE		BIT(3)

#endif
