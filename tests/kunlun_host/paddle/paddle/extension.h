// A stand-in for the part of Paddle that ops for Kunlun use, so that they build and run without Paddle.
#pragma once
#include "paddle/phi/api/ext/op_meta_info.h"
#include "paddle/phi/api/include/context_pool.h"
#include "paddle/phi/api/include/tensor.h"
#include "paddle/phi/common/data_type.h"
#include "paddle/phi/common/place.h"
#include "paddle/phi/core/enforce.h"
