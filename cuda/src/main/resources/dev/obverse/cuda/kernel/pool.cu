// Pooling over [n,h,w,c]. Gradients gather: the thread of an input element asks every window that holds it, row by row.

struct Pool {
    int h, w, c, out_h, out_w;
    int kh, kw, stride_h, stride_w, pad_h, pad_w;
};

struct Window {
    int top, bottom, left, right;
};

// The part of the window of output pixel (oy, ox) that lies in the image.
__device__ inline Window window(const Pool& s, int oy, int ox) {
    Window v;
    v.top = oy * s.stride_h - s.pad_h;
    v.left = ox * s.stride_w - s.pad_w;
    v.bottom = v.top + s.kh < s.h ? v.top + s.kh : s.h;
    v.right = v.left + s.kw < s.w ? v.left + s.kw : s.w;
    v.top = v.top > 0 ? v.top : 0;
    v.left = v.left > 0 ? v.left : 0;
    return v;
}

// First and one past the last output index whose window holds input index `at`.
__device__ inline void holders(int at, int pad, int k, int stride, int out, int& from, int& to) {
    int first = at + pad - k + 1;
    from = first <= 0 ? 0 : (first + stride - 1) / stride;
    to = (at + pad) / stride + 1;
    to = to < out ? to : out;
}

struct Element {
    unsigned image;
    int y, x, channel;
};

__device__ inline Element element(unsigned i, Divisor c, Divisor w, Divisor h) {
    unsigned pixel = over(i, c), row = over(pixel, w), image = over(row, h);
    Element e = {image, (int)(row - image * h.value), (int)(pixel - row * w.value), (int)(i - pixel * c.value)};
    return e;
}

KERNEL max_pool(int n, Pool s, Divisor c, Divisor out_w, Divisor out_h, const float* x, float* y) {
    FOR_EACH(i, n) {
        Element o = element(i, c, out_w, out_h);
        Window v = window(s, o.y, o.x);
        float most = LOWEST;
        for (int iy = v.top; iy < v.bottom; iy++) {
            for (int ix = v.left; ix < v.right; ix++) {
                most = larger(x[((o.image * s.h + iy) * s.w + ix) * s.c + o.channel], most);
            }
        }
        y[i] = most;
    }
}

// A window's gradient goes to its first element, in row-major order, that equals its maximum.
KERNEL max_pool_gradient(int n, Pool s, Divisor c, Divisor w, Divisor h, const float* x, const float* y,
                         const float* dy, float* dx) {
    FOR_EACH(i, n) {
        Element e = element(i, c, w, h);
        int from_y, to_y, from_x, to_x;
        holders(e.y, s.pad_h, s.kh, s.stride_h, s.out_h, from_y, to_y);
        holders(e.x, s.pad_w, s.kw, s.stride_w, s.out_w, from_x, to_x);
        float value = x[i];
        float sum = 0;
        for (int oy = from_y; oy < to_y; oy++) {
            for (int ox = from_x; ox < to_x; ox++) {
                unsigned at = ((e.image * s.out_h + oy) * s.out_w + ox) * s.c + e.channel;
                if (y[at] != value) continue;
                Window v = window(s, oy, ox);
                bool first = true;
                for (int iy = v.top; first && iy <= e.y; iy++) {
                    int right = iy < e.y ? v.right : e.x;
                    for (int ix = v.left; first && ix < right; ix++) {
                        first = x[((e.image * s.h + iy) * s.w + ix) * s.c + e.channel] != value;
                    }
                }
                if (first) sum += dy[at];
            }
        }
        dx[i] = sum;
    }
}

// The mean counts padding as zeros.
KERNEL average_pool(int n, Pool s, Divisor c, Divisor out_w, Divisor out_h, const float* x, float* y) {
    float share = 1.0f / (s.kh * s.kw);
    FOR_EACH(i, n) {
        Element o = element(i, c, out_w, out_h);
        Window v = window(s, o.y, o.x);
        float sum = 0;
        for (int iy = v.top; iy < v.bottom; iy++) {
            for (int ix = v.left; ix < v.right; ix++) {
                sum += share * x[((o.image * s.h + iy) * s.w + ix) * s.c + o.channel];
            }
        }
        y[i] = sum;
    }
}

KERNEL average_pool_gradient(int n, Pool s, Divisor c, Divisor w, Divisor h, const float* dy, float* dx) {
    float share = 1.0f / (s.kh * s.kw);
    FOR_EACH(i, n) {
        Element e = element(i, c, w, h);
        int from_y, to_y, from_x, to_x;
        holders(e.y, s.pad_h, s.kh, s.stride_h, s.out_h, from_y, to_y);
        holders(e.x, s.pad_w, s.kw, s.stride_w, s.out_w, from_x, to_x);
        float sum = 0;
        for (int oy = from_y; oy < to_y; oy++) {
            for (int ox = from_x; ox < to_x; ox++) {
                sum += share * dy[((e.image * s.out_h + oy) * s.out_w + ox) * s.c + e.channel];
            }
        }
        dx[i] = sum;
    }
}
