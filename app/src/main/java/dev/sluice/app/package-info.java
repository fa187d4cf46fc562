/** The one place that wires everything, by hand. */
@NullMarked
package dev.sluice.app;

import org.jspecify.annotations.NullMarked;
