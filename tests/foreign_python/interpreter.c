/* An interpreter as far as starting it goes: it says its machine, its name and what it was given.

   `start NAME ...` then becomes another program; the name `itself` is the one it was started by. */

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int count, char **words) {
    struct utsname machine;
    uname(&machine);
    printf("%s", machine.machine);
    for (int i = 0; i < count; i++) printf(" %s", words[i]);
    printf("\n");
    fflush(stdout);
    if (count < 3 || strcmp(words[1], "start")) return 0;
    if (!strcmp(words[2], "itself")) words[2] = words[0];
    execvp(words[2], words + 2);
    perror(words[2]);
    return 9;
}
