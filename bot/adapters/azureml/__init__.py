"""Azure Machine Learning through its public SDK; import it late, the SDK costs over a second."""

from bot.adapters.azureml.cloud import AzureCloud
from bot.adapters.azureml.settings import AzureSettings

__all__ = ["AzureCloud", "AzureSettings"]
