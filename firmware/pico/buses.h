/* SPDX-License-Identifier: MIT */
#ifndef BUSES_H
#define BUSES_H

void	i2c_init(void);
void	spi_init(void);

#endif
