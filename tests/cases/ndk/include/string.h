#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void* to, const void* from, size_t size);
void* memmove(void* to, const void* from, size_t size);
void* memset(void* memory, int byte, size_t size);
size_t strlen(const char* text);
int strcmp(const char* first, const char* second);

#ifdef __cplusplus
}
#endif
