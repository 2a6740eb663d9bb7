/** @file export.h
 *  @brief Linkage of public symbols; nothing else.
 */
#ifndef LIBIB_EXPORT_H
#define LIBIB_EXPORT_H

/** Marks a public function. */
#if defined(__GNUC__)
#define IB_API __attribute__((visibility("default")))
#else
#define IB_API
#endif

/** Opens a block of C declarations when read by a C++ compiler. */
#ifdef __cplusplus
#define IB_BEGIN_DECLS extern "C" {
#define IB_END_DECLS }
#else
#define IB_BEGIN_DECLS
/** Closes what #IB_BEGIN_DECLS opened. */
#define IB_END_DECLS
#endif

#endif
