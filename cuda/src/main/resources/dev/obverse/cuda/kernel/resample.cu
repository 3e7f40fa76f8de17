// Resizing [n,h,w,c] to [n,out_h,out_w,c]. The gradient gathers: an input element asks every output that reads it.

struct Resize {
    int h, w, c, out_h, out_w;
    int bilinear;
};

// Output index `at` is (1 - weight) x[low] + weight x[high]. Sampling.java of the CPU has the same formulas.
struct Sample {
    int low, high;
    float weight;
};

__device__ inline Sample sample(int bilinear, int in, int out, int at) {
    Sample s;
    if (bilinear) {
        double position = (at + 0.5) * in / out - 0.5;
        position = position < 0 ? 0 : position > in - 1.0 ? in - 1.0 : position;
        s.low = (int)position;
        s.high = s.low + 1 < in ? s.low + 1 : in - 1;
        s.weight = (float)(position - s.low);
    } else {
        s.low = (int)((long long)at * in / out);
        s.high = s.low;
        s.weight = 0;
    }
    return s;
}

// An output index at or before the first that reads input index `at`, with one to spare for rounding.
__device__ inline int first_reader(int bilinear, int in, int out, int at) {
    if (bilinear && at == 0) return 0;
    double first = bilinear ? (at - 0.5) * out / in - 0.5 : (double)at * out / in;
    int floored = (int)first - 2;
    return floored > 0 ? floored : 0;
}

__device__ inline float part(const Sample& s, int at) {
    float part = 0;
    if (s.low == at) part += 1 - s.weight;
    if (s.high == at) part += s.weight;
    return part;
}

KERNEL resize(int n, Resize s, Divisor c, Divisor out_w, Divisor out_h, const float* x, float* y) {
    FOR_EACH(i, n) {
        unsigned pixel = over(i, c), row = over(pixel, out_w), image = over(row, out_h);
        int channel = i - pixel * c.value;
        Sample v = sample(s.bilinear, s.h, s.out_h, row - image * out_h.value);
        Sample u = sample(s.bilinear, s.w, s.out_w, pixel - row * out_w.value);
        const float* upper = x + (image * s.h + v.low) * s.w * s.c + channel;
        if (s.bilinear) {
            const float* lower = x + (image * s.h + v.high) * s.w * s.c + channel;
            float left = (1 - v.weight) * upper[u.low * s.c] + v.weight * lower[u.low * s.c];
            float right = (1 - v.weight) * upper[u.high * s.c] + v.weight * lower[u.high * s.c];
            y[i] = (1 - u.weight) * left + u.weight * right;
        } else {
            y[i] = upper[u.low * s.c];
        }
    }
}

KERNEL resize_gradient(int n, Resize s, Divisor c, Divisor w, Divisor h, const float* dy, float* dx) {
    FOR_EACH(i, n) {
        unsigned pixel = over(i, c), row = over(pixel, w), image = over(row, h);
        int channel = i - pixel * c.value;
        int at_y = row - image * h.value, at_x = pixel - row * w.value;
        float sum = 0;
        for (int oy = first_reader(s.bilinear, s.h, s.out_h, at_y); oy < s.out_h; oy++) {
            Sample v = sample(s.bilinear, s.h, s.out_h, oy);
            if (v.low > at_y) break;
            if (v.high < at_y) continue;
            float line = 0;
            for (int ox = first_reader(s.bilinear, s.w, s.out_w, at_x); ox < s.out_w; ox++) {
                Sample u = sample(s.bilinear, s.w, s.out_w, ox);
                if (u.low > at_x) break;
                if (u.high < at_x) continue;
                line += part(u, at_x) * dy[((image * s.out_h + oy) * s.out_w + ox) * s.c + channel];
            }
            sum += part(v, at_y) * line;
        }
        dx[i] = sum;
    }
}
