/** @file loss.h
 *  @brief Cross-entropy, its gradient, and accuracy.
 */
#ifndef LIBIB_LOSS_H
#define LIBIB_LOSS_H

#include <libib/context.h>
#include <libib/tensor.h>

/** @defgroup loss Loss
 *  @brief Softmax cross-entropy in nats, as every training program reports it; information is in bits, the loss is not.
 *  @{
 */

IB_BEGIN_DECLS

/** Mean cross-entropy of a softmax, from its logits: L = mean of log(sum of exp(z_j)) - z_y.
 *
 *  Computed with the largest logit taken off first, so no logit overflows.
 *
 *  @param logits           z `[B][K]`, B >= 1
 *  @param labels           `labels[B]`, each < K
 *  @param[in,out] dlogits  `[B][K]` receives dL/dz = (softmax(z)_j - [j = y]) / B; may be NULL; may be logits
 *  @param[out] loss        receives L in nats
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE a label is not below K
 *  @since 0.1
 */
IB_API ib_status ib_loss_logits(const ib_tensor *logits, const uint32_t *labels, ib_tensor *dlogits, double *loss);

/** Mean cross-entropy of a quantised softmax: L = mean of -log(clip(q_y, 1e-7, 1 - 1e-7)).
 *
 *  q is not renormalised. Straight through the quantiser, dL/dz_j = (p_j - [j = y]) p_y / q_y / B, zero where
 *  q_y <= 1e-7, and kept above 1 - 1e-7.
 *
 *  @param p                softmax output before quantisation `[B][K]`
 *  @param q                the same after quantisation `[B][K]`
 *  @param labels           `labels[B]`, each < K
 *  @param[in,out] dlogits  `[B][K]` receives dL/dz, z the logits of p; may be NULL
 *  @param[out] loss        receives L in nats
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE, #IB_ERR_NOMEM
 *  @retval IB_ERR_RANGE a label is not below K
 *  @since 0.1
 */
IB_API ib_status ib_loss_quantised(const ib_tensor *p, const ib_tensor *q, const uint32_t *labels, ib_tensor *dlogits,
                                   double *loss);

/** Share of rows whose first largest output is the label's. Equal outputs count as the first class.
 *
 *  @param outputs        `[B][K]`: logits, probabilities or quantised probabilities; B >= 1
 *  @param labels         `labels[B]`, each < K
 *  @param[out] accuracy  receives correct / B
 *  @return #IB_OK, #IB_ERR_ARG, #IB_ERR_SHAPE
 *  @retval IB_ERR_RANGE a label is not below K
 *  @since 0.1
 */
IB_API ib_status ib_loss_accuracy(const ib_tensor *outputs, const uint32_t *labels, double *accuracy);

/** @} */

IB_END_DECLS

#endif
