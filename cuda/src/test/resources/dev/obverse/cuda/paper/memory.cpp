// The driver's memory: every block ends where the next page is not there, and begins as garbage. Copies are between a
// card and pinned memory, and wait for their turn.
#include <sys/mman.h>

#include "paper.h"

// At the end of its pages, the next of which is not there; full of garbage.
static Address block(std::map<Address, Block>& in, size_t bytes, size_t alignment) {
    size_t page = 4096, usable = (bytes + alignment - 1) / alignment * alignment;
    size_t pages = (usable + page - 1) / page * page;
    char* start = (char*)mmap(nullptr, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return 0;
    mprotect(start + pages, page, PROT_NONE);
    auto address = (Address)(start + pages - usable);
    if (bytes <= (64u << 20)) memset((void*)address, 0x7f, usable);
    in[address] = {current, bytes, pages + page, start};
    return address;
}
static int unblock(std::map<Address, Block>& in, Address address) {
    auto found = in.find(address);
    if (found == in.end() || found->second.context != current) return INVALID_VALUE;
    for (auto s : streams)
        if (s->context == current && !s->capture) s->runUntil(s->started());  // freeing waits
    munmap(found->second.start, found->second.mapped);
    in.erase(found);
    return 0;
}

API int cuMemAlloc_v2(Address* address, size_t bytes) {
    ENTER;
    if (bytes == 0) return INVALID_VALUE;
    if (current->used + bytes > MEMORY) return OUT_OF_MEMORY;
    *address = block(blocks, bytes, 256);
    if (!*address) return OUT_OF_MEMORY;
    current->used += bytes;
    return 0;
}
API int cuMemFree_v2(Address address) {
    ENTER;
    auto found = blocks.find(address);
    size_t bytes = found == blocks.end() ? 0 : found->second.bytes;
    int status = unblock(blocks, address);
    if (!status) current->used -= bytes;
    return status;
}
API int cuMemGetInfo_v2(size_t* free, size_t* total) {
    ENTER;
    *free = MEMORY - current->used;
    *total = MEMORY;
    return 0;
}
API int cuMemAllocHost_v2(void** address, size_t bytes) {
    ENTER;
    *address = (void*)block(pinned, bytes, 4096);
    return *address ? 0 : OUT_OF_MEMORY;
}
API int cuMemFreeHost(void* address) {
    ENTER;
    return unblock(pinned, (Address)address);
}
API int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    // from memory that is not pinned a card would copy at once; we have no such transfer
    if (!inside(blocks, to, bytes) || !inside(pinned, (Address)from, bytes)) return INVALID_VALUE;
    s->start([=] { memcpy((void*)to, from, bytes); });
    return 0;
}
API int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (!inside(blocks, from, bytes) || !inside(pinned, (Address)to, bytes)) return INVALID_VALUE;
    memset(to, 0x7f, bytes);  // whoever reads before the copy shall see
    s->start([=] { memcpy(to, (void*)from, bytes); });
    return 0;
}
API int cuMemsetD8Async(Address to, unsigned char value, size_t bytes, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (!inside(blocks, to, bytes)) return INVALID_VALUE;
    s->start([=] { memset((void*)to, value, bytes); });
    return 0;
}
