// The same names as cluster_primitive.h here.
#pragma once
#include "xpu/kernel/cluster_primitive.h"
