"""
The hardening kit: the features that rollouts ship, each usable alone.

Import the piece you need (`hardening.retry`); importing one loads no other. This
package knows nothing of the engine.
"""
