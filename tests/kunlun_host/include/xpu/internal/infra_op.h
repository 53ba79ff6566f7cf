// do_host2device and do_device2host.
#pragma once
#include "xpu/xdnn.h"
