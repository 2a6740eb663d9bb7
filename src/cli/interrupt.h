/* Ctrl-C and SIGTERM: the first asks to stop politely, another, half a second later or more, ends the program at
 * once. */
#ifndef IB_CLI_INTERRUPT_H
#define IB_CLI_INTERRUPT_H

/* Begins to listen. A signal that the program was started with as ignored stays ignored. */
void interrupt_listen(void);

/* 1 once a signal has come, else 0. */
int interrupt_came(void);

#endif
