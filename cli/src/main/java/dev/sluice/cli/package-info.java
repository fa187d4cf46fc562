/**
 * The command line: arguments in, results on stdout, progress and logs on stderr, an exit code at
 * the end. It knows runs and flows as values only; what executes them is handed to it through
 * {@link dev.sluice.cli.Host} and {@link dev.sluice.cli.Workspace}.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
