// The driver's streams, events and graphs: nothing runs before somebody waits for it.
#include "paper.h"

struct Event {
    Context* context;
    bool timing;
    bool captured;
    Stream* stream;
    size_t at;
};

// ---- streams and events

API int cuStreamCreate(void** stream, unsigned flags) {
    ENTER;
    if (flags > 1) return INVALID_VALUE;
    auto s = new Stream{current, {}, 0, nullptr, false};
    streams.insert(s);
    *stream = s;
    return 0;
}
API int cuStreamSynchronize(void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (int status = s->refuse()) return status;
    s->runUntil(s->started());
    return 0;
}
API int cuStreamDestroy_v2(void* stream) {
    int status = cuStreamSynchronize(stream);
    if (!status) streams.erase((Stream*)stream);
    return status;
}

API int cuEventCreate(void** event, unsigned flags) {
    ENTER;
    *event = new Event{current, (flags & 2) == 0, false, nullptr, 0};
    return 0;
}
API int cuEventRecord(void* event, void* stream) {
    ENTER;
    auto e = (Event*)event;
    auto s = stream_of(stream);
    if (!s || e->context != current) return INVALID_HANDLE;
    e->captured = (bool)s->capture;
    e->stream = s;
    e->at = s->started();
    return 0;
}
API int cuEventSynchronize(void* event) {
    ENTER;
    auto e = (Event*)event;
    if (e->captured) return CAPTURED_EVENT;
    if (e->stream) {
        e->stream->runUntil(e->at);
    }
    return 0;
}
API int cuEventElapsedTime(float* milliseconds, void* first, void* second) {
    ENTER;
    auto a = (Event*)first, b = (Event*)second;
    if (!a->timing || !b->timing || !a->stream || !b->stream) return INVALID_HANDLE;
    if (a->stream->done < a->at || b->stream->done < b->at) return NOT_READY;
    *milliseconds = (float)(b->at - a->at);
    return 0;
}
API int cuEventDestroy_v2(void* event) { return delete (Event*)event, 0; }

// ---- graphs

API int cuStreamBeginCapture_v2(void* stream, int mode) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    if (s->capture || mode < 0 || mode > 2) return INVALID_VALUE;
    s->capture.reset(new Graph());
    s->invalidated = false;
    return 0;
}
API int cuStreamEndCapture(void* stream, void** graph) {
    ENTER;
    auto s = stream_of(stream);
    *graph = nullptr;
    if (!s || !s->capture) return INVALID_VALUE;
    *graph = s->invalidated ? nullptr : s->capture.get();
    if (*graph) s->capture.release();
    s->capture.reset();
    return *graph ? 0 : CAPTURE_INVALIDATED;
}
API int cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long flags) {
    ENTER;
    if (flags || !graph) return INVALID_VALUE;
    *exec = new Graph(*(Graph*)graph);
    return 0;
}
API int cuGraphDestroy(void* graph) { return delete (Graph*)graph, 0; }
API int cuGraphExecDestroy(void* exec) { return delete (Graph*)exec, 0; }
API int cuGraphLaunch(void* exec, void* stream) {
    ENTER;
    auto s = stream_of(stream);
    if (!s) return INVALID_HANDLE;
    for (const auto& node : ((Graph*)exec)->nodes) s->start(node);
    return 0;
}
