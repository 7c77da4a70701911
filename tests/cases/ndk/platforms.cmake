# The API levels of this NDK, for CMake.
set(NDK_MIN_PLATFORM_LEVEL 21)
set(NDK_MAX_PLATFORM_LEVEL 35)
