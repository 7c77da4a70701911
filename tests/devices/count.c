/* count DIRECTORY OUTPUT [WAIT]: counts files, says on what machine; waits when told to. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *machine_name(void);

int main(int count, char **words) {
    char path[4096];
    struct utsname told;
    int files = 0;
    DIR *directory = opendir(words[1]);
    if (!directory) return 3;
    for (struct dirent *entry; (entry = readdir(directory));) files += entry->d_name[0] != '.';
    snprintf(path, sizeof path, "%s/count.json", words[2]);
    FILE *file = fopen(path, "w");
    uname(&told);
    fprintf(file, "{\"files\": %d, \"machine\": \"%s\", \"said\": \"%s\"}\n", files, told.machine,
            machine_name());
    fclose(file);
    printf("counted %d on %s\n", files, told.machine);
    fflush(stdout);
    if (count > 3) sleep(atoi(words[3]));
    return 0;
}
