// What device.h calls and runtime.h defines. No header of the library: a kernel has none.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace kunlun_host {

enum Transfer { GM_TO_LM, LM_TO_GM, GM_TO_SM, SM_TO_GM, GM_TO_GSM, GSM_TO_GM };
enum Fence { FENCE_ALL, FENCE_LM, FENCE_SM, FENCE_LM_SM };
enum Memory { MEMORY_LM, MEMORY_SM };

void transfer(Transfer kind, bool async, const void* from, size_t from_room, size_t from_element, void* to,
              size_t to_room, size_t to_element, int64_t bytes, const char* file, int line);
void fence(Fence kind, const char* file, int line);
void barrier(const char* name, const char* file, int line);
int core_id();
int core_num();
int cluster_id();
int cluster_num();
/// A vector read or write of the lanes in `mask`, 4 bytes each.
void vector_read(Memory memory, const void* at, size_t room, int mask, int* lanes, const char* file, int line);
void vector_write(Memory memory, void* at, size_t room, int mask, const int* lanes, const char* file, int line);
void vector_gather(const void* at, const int* offsets, int mask, int* lanes, const char* file, int line);
void vector_scatter(void* at, const int* offsets, int mask, const int* lanes, const char* file, int line);
void vector_undefined(const char* file, int line);
/// Ends the process: the host does not know what that means.
void unsupported(const char* what, const char* file, int line);

}  // namespace kunlun_host
