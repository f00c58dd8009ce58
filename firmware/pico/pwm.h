/* SPDX-License-Identifier: MIT */
#ifndef PWM_H
#define PWM_H

void	pwm_init(void);

#endif
