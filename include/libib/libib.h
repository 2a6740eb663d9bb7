/** @file libib.h
 *  @brief Includes all of libib.
 *
 *  In reading order, each usable with those before it: @ref status, @ref context, @ref rng, @ref tensor,
 *  @ref dataset, @ref split, @ref counter, @ref entropy, @ref variable, @ref information, @ref profile,
 *  @ref significance, @ref spool, @ref activation, @ref dense, @ref quant, @ref loss, @ref adam, @ref sgd,
 *  @ref network, @ref train, @ref bytes, @ref trainer, @ref plane, @ref binning, @ref estimator, @ref kde, @ref knn,
 *  @ref edge, @ref renyi, @ref ranges, @ref observer, @ref preset, @ref tasks, @ref statistics, @ref limits,
 *  @ref curve, @ref study.
 */
#ifndef LIBIB_LIBIB_H
#define LIBIB_LIBIB_H

#include <libib/version.h>

#include <libib/status.h>

#include <libib/bytes.h>
#include <libib/context.h>
#include <libib/rng.h>
#include <libib/schedule.h>
#include <libib/tensor.h>

#include <libib/dataset.h>
#include <libib/split.h>

#include <libib/counter.h>
#include <libib/entropy.h>
#include <libib/information.h>
#include <libib/profile.h>
#include <libib/significance.h>
#include <libib/spool.h>
#include <libib/variable.h>

#include <libib/activation.h>
#include <libib/adam.h>
#include <libib/dense.h>
#include <libib/loss.h>
#include <libib/network.h>
#include <libib/quant.h>
#include <libib/record.h>
#include <libib/sgd.h>
#include <libib/train.h>
#include <libib/trainer.h>

#include <libib/edge.h>
#include <libib/estimator.h>
#include <libib/kde.h>
#include <libib/knn.h>
#include <libib/renyi.h>

#include <libib/binning.h>
#include <libib/observer.h>
#include <libib/plane.h>
#include <libib/preset.h>
#include <libib/ranges.h>

#include <libib/tasks.h>

#include <libib/curve.h>
#include <libib/limits.h>
#include <libib/statistics.h>
#include <libib/study.h>

#endif
