#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct __sFILE FILE;

FILE* fopen(const char* path, const char* mode);
size_t fread(void* memory, size_t size, size_t count, FILE* file);
int fclose(FILE* file);
int snprintf(char* text, size_t size, const char* format, ...);

#ifdef __cplusplus
}
#endif
