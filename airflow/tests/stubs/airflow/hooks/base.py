class BaseHook:
    connections = {}

    def __init__(self, logger_name=None):
        pass

    @classmethod
    def get_connection(cls, conn_id):
        return cls.connections[conn_id]
