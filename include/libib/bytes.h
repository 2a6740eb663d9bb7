/** @file bytes.h
 *  @brief Callbacks through which objects are saved and read back.
 */
#ifndef LIBIB_BYTES_H
#define LIBIB_BYTES_H

#include <libib/export.h>
#include <stddef.h>
#include <stdint.h>

/** @defgroup bytes Bytes
 *  @brief Where saved objects go to and come from: the library opens no files.
 *
 *  What is saved has a version and a checksum, and is the same on any machine; docs/format.md defines it byte by byte.
 *  It is read from where it begins to where it ends and no further, so that several objects may follow each other.
 *
 *  Whoever writes to a file makes sure that it is whole: writes another beside it, flushes, and renames.
 *  @{
 */

/** Takes some bytes of what is saved; the pieces in the order of the calls are the whole.
 *
 *  @param data       `data[size]`, valid during the call
 *  @param size       > 0
 *  @param user_data  as given
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_write_fn)(const void *data, size_t size, void *user_data);

/** Gives the next bytes of what was saved.
 *
 *  @param[out] data   `data[size]`, to be filled from its beginning
 *  @param size        how many are wanted; > 0
 *  @param[out] count  receives how many were given, at most size; fewer are asked for again; 0: there are no more
 *  @param user_data   as given
 *  @return 0 to go on, positive to stop, negative to fail
 */
typedef int32_t (*ib_read_fn)(void *data, size_t size, size_t *count, void *user_data);

/** @} */

#endif
