"""
The composition root: the one place that names concrete adapters.

Entry points ask it for a document compiled to a plan (`documents`), the workspace where
journals are kept (`workspace`), and a runner with every port filled (`running`). What
loads database drivers and an HTTP client is in `running` alone: who only explains a
document, or looks at a journal, does not wait for them.
"""
