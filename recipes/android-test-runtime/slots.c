/* Bionic's slots in thread-local storage.
 *
 * Code for Android on Arm compares a word at a fixed distance from the thread's pointer when a
 * function begins and ends (slot 5, against smashed stacks). With glibc the program's own
 * thread-local variables lie there; these never change. It works from inside of the program only,
 * whose variables come first. On x86_64 both C libraries agree.
 */
__attribute__((used)) _Thread_local void* bionic_slots[8];
