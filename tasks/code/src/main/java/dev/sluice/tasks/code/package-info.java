/**
 * Tasks in the user's own code: {@code python}, {@code shell} and {@code node}. The code runs in
 * the sandbox; what it reads is staged before and what it made is collected after, as a stranger's.
 */
@NullMarked
package dev.sluice.tasks.code;

import org.jspecify.annotations.NullMarked;
