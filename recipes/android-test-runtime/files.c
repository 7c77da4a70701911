/* Functions whose structure has 64-bit sizes in Bionic, on 32-bit processors too. */
#define _LARGEFILE64_SOURCE
#include <sys/stat.h>

#include "bionic.h"

int bionic_stat(const char* path, struct stat64* status) { return stat64(path, status); }
BIONIC(stat);

int bionic_fstat(int file, struct stat64* status) { return fstat64(file, status); }
BIONIC(fstat);
