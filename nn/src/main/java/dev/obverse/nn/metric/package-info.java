/** Figures of merit: of images (PSNR, SSIM), of classifiers, and of embeddings. */
@NullMarked
package dev.obverse.nn.metric;

import org.jspecify.annotations.NullMarked;
