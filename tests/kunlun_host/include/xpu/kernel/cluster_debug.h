// Included by kernels; nothing in it is used.
#pragma once
#include "xpu/kernel/cluster.h"
