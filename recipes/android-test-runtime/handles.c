#include "handles.h"

#include <stdlib.h>

enum { kMostObjects = 1 << 16 };

/* Above what Bionic's initialisers put into a mutex. */
static const uint32_t kFirstHandle = 1 << 16;

static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(Object*) table[kMostObjects];

static uint32_t free_index(void) {
  static uint32_t next;
  for (uint32_t i = 0; i < kMostObjects; ++i) {
    const uint32_t index = next++ % kMostObjects;
    if (atomic_load(&table[index]) == NULL) return index;
  }
  abort();
}

static Object* found_at(Place* place) {
  const uint32_t word = atomic_load(place);
  return word < kFirstHandle ? NULL : atomic_load(&table[word - kFirstHandle]);
}

static Object* placed(Place* place, void (*make)(Object* object, uint32_t word)) {
  Object* const object = malloc(sizeof *object);
  if (object == NULL) abort();
  make(object, atomic_load(place));
  const uint32_t index = free_index();
  atomic_store(&table[index], object);
  atomic_store(place, kFirstHandle + index);
  return object;
}

Object* object_at(Place* place, void (*make)(Object* object, uint32_t word)) {
  Object* object = found_at(place);
  if (object != NULL) return object;
  pthread_mutex_lock(&table_mutex);
  object = found_at(place);  /* Another thread may have been first. */
  if (object == NULL) object = placed(place, make);
  pthread_mutex_unlock(&table_mutex);
  return object;
}

Object* taken_from(Place* place) {
  const uint32_t word = atomic_exchange(place, 0);
  return word < kFirstHandle ? NULL : atomic_exchange(&table[word - kFirstHandle], NULL);
}
