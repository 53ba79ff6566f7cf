// The strict host itself. Exactly one file of a program includes it. C++17, Linux on x86-64.
//
// Kernels are compiled with `-fsanitize=thread` and linked without that sanitizer: the calls that the compiler puts at
// every access (`__tsan_read4` ...) come here. README.md says what is checked.
#pragma once
#include "kunlun_host/state.h"
#include "kunlun_host/report.h"
#include "kunlun_host/memory.h"
#include "kunlun_host/fiber.h"
#include "kunlun_host/access.h"
#include "kunlun_host/transfer.h"
#include "kunlun_host/vector.h"
#include "kunlun_host/hooks.h"
#include "kunlun_host/session.h"
#include "kunlun_host/stream.h"
#include "kunlun_host/buffers.h"
#include "kunlun_host/library.h"
#include "kunlun_host/commands.h"
