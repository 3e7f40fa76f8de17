/** What people look at afterwards: masks, picture grids, tables, curves, one HTML page. */
@NullMarked
package dev.obverse.drn.report;

import org.jspecify.annotations.NullMarked;
