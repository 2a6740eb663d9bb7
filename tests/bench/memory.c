/* "memory": the most bytes that a program held, started from here: a child begins with the size of what starts it, so
 * that has to be small.
 *
 * usage: bench_memory PROGRAM [ARG...]; what PROGRAM writes on standard output is dropped */
#define _DEFAULT_SOURCE
#include "bench.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        bench_usage("bench_memory PROGRAM [ARG...]");
    const pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout))
            execv(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0 || getrusage(RUSAGE_CHILDREN, &usage) != 0) {
        fprintf(stderr, "bench_memory: %s failed\n", argv[1]);
        return EXIT_FAILURE;
    }
    bench_print("memory", 1024.0 * (double)usage.ru_maxrss);
    return EXIT_SUCCESS;
}
