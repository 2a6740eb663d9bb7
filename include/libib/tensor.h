/** @file tensor.h
 *  @brief Dense arrays of float32.
 */
#ifndef LIBIB_TENSOR_H
#define LIBIB_TENSOR_H

#include <libib/context.h>

/** @defgroup tensor Tensor
 *  @brief Dense float32, rank 1 to 4, row-major, in memory of its own or of the caller.
 *  @{
 */

/** Highest rank of a tensor. */
#define IB_TENSOR_MAX_RANK 4

/** A dense array; opaque. */
typedef struct ib_tensor ib_tensor;

IB_BEGIN_DECLS

/** Creates a tensor of zeros in memory of its own.
 *
 *  @param context   the context
 *  @param rank      1 to #IB_TENSOR_MAX_RANK
 *  @param shape     `shape[rank]`; a dimension may be 0
 *  @param[out] out  receives the tensor, to be freed with ib_tensor_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM
 *  @retval IB_ERR_OVERFLOW the product of the dimensions does not fit
 *  @since 0.1
 */
IB_API ib_status ib_tensor_create(ib_context *context, uint32_t rank, const size_t *shape, ib_tensor **out);

/** Creates a tensor over memory of the caller, which is neither copied nor freed.
 *
 *  @param context   the context
 *  @param data      row-major, as many floats as the shape says; outlives the tensor; may be NULL if that is 0.
 *                   A tensor that is only ever an input may be made from constant data by a cast
 *  @param rank      1 to #IB_TENSOR_MAX_RANK
 *  @param shape     `shape[rank]`
 *  @param[out] out  receives the tensor, to be freed with ib_tensor_destroy()
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_NOMEM, #IB_ERR_OVERFLOW
 *  @since 0.1
 */
IB_API ib_status ib_tensor_create_borrowed(ib_context *context, float *data, uint32_t rank, const size_t *shape,
                                           ib_tensor **out);

/** Frees a tensor, and its memory if it is the tensor's own.
 *
 *  @param tensor  may be NULL
 *  @since 0.1
 */
IB_API void ib_tensor_destroy(ib_tensor *tensor);

/** Number of dimensions.
 *
 *  @param tensor  the tensor
 *  @return 1 to #IB_TENSOR_MAX_RANK; 0 if tensor is NULL
 *  @since 0.1
 */
IB_API uint32_t ib_tensor_rank(const ib_tensor *tensor);

/** Size of one dimension.
 *
 *  @param tensor  the tensor
 *  @param axis    0 is the outermost
 *  @return the size; 1 for an axis at or above the rank; 0 if tensor is NULL
 *  @since 0.1
 */
IB_API size_t ib_tensor_shape(const ib_tensor *tensor, uint32_t axis);

/** Number of values.
 *
 *  @param tensor  the tensor
 *  @return product of the dimensions; 0 if tensor is NULL
 *  @since 0.1
 */
IB_API size_t ib_tensor_size(const ib_tensor *tensor);

/** The values.
 *
 *  @param tensor  the tensor
 *  @return row-major; borrowed; NULL if tensor is NULL or, possibly, if its size is 0
 *  @since 0.1
 */
IB_API float *ib_tensor_data(ib_tensor *tensor);

/** The values, to read.
 *
 *  @param tensor  the tensor
 *  @return as ib_tensor_data()
 *  @since 0.1
 */
IB_API const float *ib_tensor_read(const ib_tensor *tensor);

/** Copies the values of one tensor into another of the same shape.
 *
 *  @param source            read
 *  @param[in,out] target    written; the same shape, else #IB_ERR_SHAPE; may not overlap source in part
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE
 *  @since 0.1
 */
IB_API ib_status ib_tensor_copy(const ib_tensor *source, ib_tensor *target);

/** @} */

IB_END_DECLS

#endif
