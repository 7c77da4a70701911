/* Android's libm.so and libdl.so are asked for by name; all functions are in this libc.so. */
typedef int unused;
