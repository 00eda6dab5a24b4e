"""Facts: what the files of an environment hold, and what differs between two of them.

Everything here reads files as data. Nothing is executed, and nothing judges: a fact says that a
package was raised by a minor version; whether that matters is a rule's business.
"""
