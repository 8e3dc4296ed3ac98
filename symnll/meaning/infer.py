"""What is not declared, from how it is used. To be replaced."""

def infer(scope, displays, macros):
    return
