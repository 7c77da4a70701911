/* Variables of Bionic that are not streams. */
#include <stdint.h>

#include "bionic.h"

/* What 32-bit Arm compares at the end of a function; any constant will do. */
uintptr_t bionic___stack_chk_guard = 0x5af3107a;
BIONIC(__stack_chk_guard);
