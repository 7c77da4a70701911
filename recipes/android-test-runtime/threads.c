/* Mutexes and condition variables, which Bionic makes smaller than glibc, or aligns less. */
#include <pthread.h>
#include <stdlib.h>

#include "bionic.h"
#include "handles.h"

/* Bionic's initialisers hold the mutex's type above bit 14, numbered as in glibc. */
static void make_mutex(Object* object, uint32_t word) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, (int)(word >> 14));
  pthread_mutex_init(&object->mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

static void make_condition(Object* object, uint32_t word) {
  (void)word;
  pthread_cond_init(&object->condition, NULL);
}

static pthread_mutex_t* mutex_at(Place* place) { return &object_at(place, make_mutex)->mutex; }

static pthread_cond_t* condition_at(Place* place) {
  return &object_at(place, make_condition)->condition;
}

/* What an uninitialised place holds means nothing. */
int bionic_pthread_mutex_init(Place* place, const pthread_mutexattr_t* attributes) {
  atomic_store(place, 0);
  return pthread_mutex_init(mutex_at(place), attributes);
}
BIONIC(pthread_mutex_init);

int bionic_pthread_mutex_destroy(Place* place) {
  Object* const object = taken_from(place);
  const int error = object == NULL ? 0 : pthread_mutex_destroy(&object->mutex);
  free(object);
  return error;
}
BIONIC(pthread_mutex_destroy);

int bionic_pthread_mutex_lock(Place* place) { return pthread_mutex_lock(mutex_at(place)); }
BIONIC(pthread_mutex_lock);

int bionic_pthread_mutex_trylock(Place* place) { return pthread_mutex_trylock(mutex_at(place)); }
BIONIC(pthread_mutex_trylock);

int bionic_pthread_mutex_unlock(Place* place) { return pthread_mutex_unlock(mutex_at(place)); }
BIONIC(pthread_mutex_unlock);

int bionic_pthread_cond_init(Place* place, const pthread_condattr_t* attributes) {
  atomic_store(place, 0);
  return pthread_cond_init(condition_at(place), attributes);
}
BIONIC(pthread_cond_init);

int bionic_pthread_cond_destroy(Place* place) {
  Object* const object = taken_from(place);
  const int error = object == NULL ? 0 : pthread_cond_destroy(&object->condition);
  free(object);
  return error;
}
BIONIC(pthread_cond_destroy);

int bionic_pthread_cond_wait(Place* place, Place* mutex) {
  return pthread_cond_wait(condition_at(place), mutex_at(mutex));
}
BIONIC(pthread_cond_wait);

int bionic_pthread_cond_timedwait(Place* place, Place* mutex, const struct timespec* until) {
  return pthread_cond_timedwait(condition_at(place), mutex_at(mutex), until);
}
BIONIC(pthread_cond_timedwait);

int bionic_pthread_cond_signal(Place* place) { return pthread_cond_signal(condition_at(place)); }
BIONIC(pthread_cond_signal);

int bionic_pthread_cond_broadcast(Place* place) {
  return pthread_cond_broadcast(condition_at(place));
}
BIONIC(pthread_cond_broadcast);
