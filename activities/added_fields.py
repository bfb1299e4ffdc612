"""Fields of technology that a policy may add to those of the guideline (§三(二), 等), with their Chinese terms.

No rule looks here: an application is judged by the fields of its own policy. A field that is not in this
list is shown as its code says.
"""

from workflows.words import BilingualEnum


class AddedField(BilingualEnum):
    """A field that Beijing's programmes name besides."""

    LOW_ALTITUDE_ECONOMY = "low_altitude_economy", "低空经济"
    QUANTUM_INFORMATION = "quantum_information", "量子信息"
    COMMERCIAL_AEROSPACE = "commercial_aerospace", "商业航天"
    NEW_MATERIALS = "new_materials", "新材料"
    NEW_ENERGY = "new_energy", "新能源"
    HYDROGEN_ENERGY = "hydrogen_energy", "氢能"
    CONNECTED_VEHICLES = "intelligent_connected_vehicles", "智能网联汽车"
    BIOMANUFACTURING = "biomanufacturing", "生物制造"
    SYNTHETIC_BIOLOGY = "synthetic_biology", "合成生物"
    BRAIN_COMPUTER_INTERFACE = "brain_computer_interface", "脑机接口"
    HUMANOID_ROBOTS = "humanoid_robots", "人形机器人"
    BLOCKCHAIN = "blockchain", "区块链"
    ADVANCED_COMPUTING = "advanced_computing", "先进计算"
    SIX_G = "6g", "第六代移动通信"
    SMART_CITY = "smart_city", "智慧城市"
    SCIENTIFIC_INSTRUMENTS = "scientific_instruments", "科学仪器"
