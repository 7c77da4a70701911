/* Objects of glibc that stand for smaller ones of Bionic. */
#ifndef HANDLES_H
#define HANDLES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* The first word of Bionic's object: a handle from the first use on. Before it holds what the
 * program put there, 0 or a small number. Bionic aligns to 4 bytes only, so no pointer fits. */
typedef _Atomic(uint32_t) Place;

typedef union {
  pthread_mutex_t mutex;
  pthread_cond_t condition;
} Object;

/* Gives a place a new object, made from what was in the place by `make`, unless it has one. */
Object* object_at(Place* place, void (*make)(Object* object, uint32_t word));

/* Takes the object from its place; null where there was none. Free it when it is destroyed. */
Object* taken_from(Place* place);

#endif
